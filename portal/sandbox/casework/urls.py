from django.urls import include, path

from portal.sandbox.casework import machine_views, views

urlpatterns = [
    path("", include("portal.sandbox.common.urls")),
    path("_sandbox/handling", machine_views.handling),
    path("_sandbox/chaos", machine_views.misbehave),
    path("_sandbox/counter", machine_views.counter),
    path("_sandbox/standing", machine_views.standing),
    path("webhooks/portal", machine_views.webhook),
    path("su-kien/", machine_views.events),
    path("", views.case_list, name="cases"),
    path("che-do/", views.set_handling, name="handling"),
    path("ho-so-truc-tiep/", views.open_at_counter, name="counter"),
    path("ho-so/<path:code>/quyet-dinh/", views.decide, name="decide"),
    path("ho-so/<path:code>/", views.case_detail, name="case"),
    path("tep/<int:pk>/", views.paper, name="paper"),
    path("gui/<int:pk>/", views.settle_push, name="push"),
    path("ket-qua/<str:token>/<str:name>", views.result, name="result"),
]
