"""Receipts of dossiers that were filed for an organisation move from the paying member's store into its own."""

from django.db import migrations


def hand_over(apps, schema_editor):
    """One statement for each organisation; there are few of them, and their receipts are few."""
    Receipt = apps.get_model("payments", "Receipt")
    Document = apps.get_model("datastore", "Document")
    paid = Receipt.objects.filter(order__dossier__organisation__isnull=False, document__organisation=None)
    for organisation in sorted(set(paid.values_list("order__dossier__organisation", flat=True))):
        theirs = paid.filter(order__dossier__organisation=organisation).values_list("document", flat=True)
        Document.objects.filter(pk__in=list(theirs)).update(organisation=organisation, is_listed=True)


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0005_cash_payouts"),
        ("datastore", "0022_uploads_of_systems"),
        ("dossiers", "0023_bundles"),
    ]

    operations = [
        # back: what an organisation was given stays its own; the previous release reads it there as any of its papers
        migrations.RunPython(hand_over, migrations.RunPython.noop),
    ]
