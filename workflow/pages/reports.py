"""To be written next."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
