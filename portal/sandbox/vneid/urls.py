from allauth.idp.oidc import views as oidc_views
from django.urls import include, path

from portal.sandbox.vneid import registering_views, views

urlpatterns = [
    path("", include("portal.sandbox.common.urls")),
    path("", views.home, name="home"),
    path("dang-nhap/", views.sign_in, name="account_login"),
    path("dang-nhap/lai/", views.sign_in, name="account_reauthenticate"),
    path("identity/o/authorize", views.AuthorizeOnceView.as_view()),
    path("csdl-dan-cu/so-dinh-danh/", registering_views.assign),
    path("", include("allauth.idp.urls")),
    # names under which clients of the national single sign-on configure their end points
    path("oauth2/authorize", views.AuthorizeOnceView.as_view()),
    path("oauth2/token", oidc_views.token),
    path("oauth2/userinfo", oidc_views.user_info),
]
