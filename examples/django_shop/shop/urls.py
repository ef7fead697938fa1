"""Routes of the shop."""

from django.urls import path

from meters import views

urlpatterns = [
    path("", views.home),
    path("meters/", views.meters),
]
