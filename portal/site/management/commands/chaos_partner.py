"""manage.py chaos_partner PROGRAM: break a sandbox system on purpose, then prove that nothing was lost."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.site.demo import people
from portal.site.demo.chaos import FAULTS, ChaosError, Proof, Run


class Command(BaseCommand):
    """Needs a running portal (bin/run); development only. Exit status 1 where the two sides differ at the end."""

    help = "Let a sandbox system misbehave while dossiers are under way, and compare both sides dossier by dossier."

    def add_arguments(self, parser: CommandParser) -> None:
        """Name what can be broken, how often and how long."""
        parser.add_argument("program", choices=("province", "ministry", "power"))
        parser.add_argument("--dossiers", type=int, default=12, help="how many dossiers are under way (12)")
        parser.add_argument("--faults", default=",".join(FAULTS), help="comma-separated; all unless named")
        parser.add_argument("--rate", type=float, default=0.3, help="share of occasions at which a fault strikes (0.3)")
        parser.add_argument("--seed", type=int, default=1, help="the same seed draws the same faults")
        parser.add_argument("--outage-seconds", type=float, default=20, help="how long it is out of reach; 0: never")
        parser.add_argument("--patience", type=float, default=240, help="seconds without progress before giving up")

    def handle(self, *args: Any, **options: Any) -> None:
        """Break, calm, wait, compare."""
        if not settings.IS_DEVELOPMENT:
            raise CommandError("chaos_partner breaks sandbox systems; it runs in development only.")
        faults = [name for name in options["faults"].split(",") if name]
        if unknown := sorted(set(faults) - set(FAULTS)):
            raise CommandError(f"unknown faults: {', '.join(unknown)}; known: {', '.join(FAULTS)}")
        citizens = [
            people.load_citizen(person)
            for person in people.citizens()
            if person["level"] == 2 and person["account_type"] == 1
        ]
        try:
            run = Run(options["program"], say=lambda text: self.stdout.write(f"  {text}"))
            try:
                codes = run.go(
                    citizens,
                    count=options["dossiers"],
                    faults=faults,
                    rate=options["rate"],
                    seed=options["seed"],
                    outage_seconds=options["outage_seconds"] if "outage" in faults else 0,
                )
                left = run.settle(patience=options["patience"] / 4)
                self.stdout.write(f"  faults end; on the way still: {left or 'nothing'}")
            finally:
                struck = run.calm()
            proof = run.prove(codes, patience=options["patience"])
        except ChaosError as error:
            raise CommandError(str(error)) from None
        proof.struck = struck
        self._tell(proof)

    def _tell(self, proof: Proof) -> None:
        faults = ", ".join(f"{name} {count}" for name, count in sorted(proof.struck.items()))
        self.stdout.write(f"  struck: {faults or 'nothing'}")
        self.stdout.write(f"  messages sent more than once: {proof.resent}; healed by reconciliation: {proof.healed}")
        self.stdout.write(f"  reports kept in quarantine, with a reason: {len(proof.quarantined)}")
        for line in proof.quarantined[:10]:
            self.stdout.write(f"    {line[:160]}")
        for code, ours, theirs in proof.dossiers:
            mark = "=" if ours is not None and ours == theirs else "≠"
            self.stdout.write(f"  {mark} {code:<30} portal {ours}  system {theirs}")
        if proof.unsettled:
            raise CommandError(f"stuck: {proof.unsettled}")
        if proof.differing:
            raise CommandError(f"{len(proof.differing)} of {len(proof.dossiers)} dossiers differ")
        self.stdout.write(f"  both sides are equal, {len(proof.dossiers)} dossiers compared one by one")
