"""Addresses of 量化目标 and 专项整治."""

from django.urls import path

from rectification.remediation.targets import campaign_entry_views, campaign_views, entry_views, views

urlpatterns = [
    path("targets/", views.targets, name="targets"),
    path("cases/<uuid:uid>/targets/", views.case_targets, name="case_targets"),
    path("target-entries/<uuid:uid>/", entry_views.target_entry, name="target_entry"),
    path(
        "target-entries/<uuid:uid>/withdraw/", entry_views.target_entry_withdraw, name="target_entry_withdraw"
    ),
    path("campaigns/", campaign_views.campaigns, name="campaigns"),
    path("campaigns/add/", campaign_views.campaign_add, name="campaign_add"),
    path("campaigns/<uuid:uid>/", campaign_views.campaign, name="campaign"),
    path("campaigns/<uuid:uid>/edit/", campaign_views.campaign_edit, name="campaign_edit"),
    path("campaign-entries/<uuid:uid>/", campaign_entry_views.campaign_entry, name="campaign_entry"),
    path(
        "campaign-entries/<uuid:uid>/withdraw/",
        campaign_entry_views.campaign_entry_withdraw,
        name="campaign_entry_withdraw",
    ),
]
