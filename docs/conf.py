from importlib.metadata import version as installed

from django.conf import settings

# autodoc looks at all pushmw.django imports, and unconfigured settings raise.
settings.configure()

project = "pushmw"
author = "the pushmw developers"
copyright = "2026, the pushmw developers"
version = release = installed("pushmw")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "pushmw"
html_static_path = ["_static"]
html_css_files = ["page.css"]

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
napoleon_numpy_docstring = False
napoleon_use_ivar = True

frameworks = r"asgiref|django|fastapi|flask|msgspec|starlette|werkzeug"
standard = (
    r"_typeshed|asyncio|collections|contextlib|datetime|enum|functools|http|ipaddress|logging"
    r"|os|pathlib|sqlite3|types|typing|typing_extensions|uuid|wsgiref"
)
# References to other projects: their inventories would have to be fetched on every build.
nitpick_ignore_regex = [
    (r"py:.*", rf"^({standard}|{frameworks})\..*"),
    (r"py:exc", r"^ImproperlyConfigured$"),
    (r"py:class", r"^pushmw\.notifications\.(iotda_)?parts\.Part$"),
    (r"py:class", r"^Headers$"),
    # Type variables and aliases are not documented objects.
    (r"py:(class|obj)", r"^(pushmw\.)?(.*\.)?_?[A-Z]\w?$"),
]
