from django.apps import AppConfig


class FeedbackConfig(AppConfig):
    name = "portal.feedback"
    label = "feedback"
    verbose_name = "Đánh giá, phản ánh"
    default_auto_field = "django.db.models.BigAutoField"
