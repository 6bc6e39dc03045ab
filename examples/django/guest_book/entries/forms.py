"""The form that a visitor fills in."""

from typing import ClassVar

from django import forms

from . import models


class EntryForm(forms.ModelForm):
    class Meta:
        model = models.Entry
        fields = ("author", "message")
        widgets: ClassVar = {"message": forms.Textarea(attrs={"rows": 3})}
