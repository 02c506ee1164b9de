"""Bring an agency's digitised papers into people's stores: a CSV list and a folder (nhập hàng loạt giấy tờ số hóa)."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from datastore import digitising, importing
from datastore.import_folders import Directory
from portal.accounts.models import User
from portal.agencies.actors import Actor
from portal.agencies.memberships import actors_at, first_actor
from portal.agencies.models import Agency
from portal.core.errors import UpstreamError

EVERY = 100


class Command(BaseCommand):
    """Run again with the same list to go on after a stop, with `--retry` to try failed lines once more.

    Columns: so_dinh_danh, loai_giay_to (code), tep (path below FOLDER), so, ngay_cap, gia_tri_den, giay_cua,
    ban_giay (goc or sao). Each paper waits for its check at the counter unless `--certify` vouches for the batch.
    """

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """The list, the folder, and as whom."""
        parser.add_argument("list", type=Path)
        parser.add_argument("folder", type=Path)
        parser.add_argument("--agency", required=True, help="code of the agency that digitised the papers")
        parser.add_argument("--official", required=True, help="username of the official who answers for the batch")
        parser.add_argument("--certify", action="store_true", help="sign each paper: the batch was compared already")
        parser.add_argument("--retry", action="store_true", help="also lines that failed before")
        parser.add_argument("--report", type=Path, help="write what became of each line to this CSV")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, telling every hundred lines."""
        actor = self._actor(options["agency"], options["official"])
        if not options["folder"].is_dir():
            raise CommandError(f"{options['folder']} is no folder")
        with translation.override("en"):
            try:
                listed = importing.read(options["list"].read_bytes())
            except (OSError, importing.BadListError) as error:
                raise CommandError(str(error)) from error
        batch = importing.open_batch(listed, options["list"].name, actor=actor)
        try:
            self._run(batch, actor, options)
        except UpstreamError as error:
            raise CommandError(f"{error.message} Run the same command again to go on.") from error
        finally:
            if options["report"]:
                with options["report"].open("w", encoding="utf-8-sig", newline="") as target:
                    importing.report(batch, target)
        state = importing.progress(batch)
        self.stdout.write(f"{state.done} of {state.total} papers are in, {state.failed} lines failed")
        if state.failed:
            sys.exit(1)

    def _run(self, batch: importing.ImportBatch, actor: Actor, options: dict[str, Any]) -> None:
        steps = importing.run(
            batch, Directory(options["folder"]), actor=actor, is_certified=options["certify"], is_retry=options["retry"]
        )
        for count, state in enumerate(steps, 1):
            if count % EVERY == 0:
                self.stdout.write(f"{state.done + state.failed} of {state.total} lines, {state.failed} failed")

    def _actor(self, code: str, username: str) -> Actor:
        agency = Agency.objects.filter(code=code).first()
        user = User.objects.filter(username=username, is_official=True).first()
        if agency is None or user is None:
            raise CommandError("no such agency or official")
        actor = first_actor(actors_at(user, agency), digitising.DIGITISED_BY)
        if actor is None:
            raise CommandError(f"{username} holds no post at {code} today")
        return actor
