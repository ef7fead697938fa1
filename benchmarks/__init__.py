"""What pushmw costs, measured side by side with what one would write instead."""
