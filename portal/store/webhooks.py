"""Where each shipper's dispatch wants to be called, and the secrets that sign the calls."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, delete, insert, select
from sqlalchemy import update as sql_update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Moment, db


class WebhookRow(db.Model):
    """An endpoint of a shipper, or of the operator (`owner` 0). Two secrets are valid while rotating."""

    __tablename__ = "webhooks"
    owner: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    shipper_id: Mapped[int | None] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"))
    url: Mapped[str] = mapped_column(String(2000))
    events: Mapped[list[str]] = mapped_column(JSON)
    secret: Mapped[str] = mapped_column(String(120))
    old_secret: Mapped[str] = mapped_column(String(120))
    old_secret_until: Mapped[datetime | None] = mapped_column(Moment)
    off_since: Mapped[datetime | None] = mapped_column(Moment)
    off_because: Mapped[str] = mapped_column(String(200))


@dataclass(frozen=True, slots=True)
class Webhook:
    """An endpoint; empty `events` means all of them."""

    owner: int
    url: str
    events: tuple[str, ...]
    secret: str
    old_secret: str
    old_secret_until: datetime | None
    off_since: datetime | None
    off_because: str

    def secrets(self, now: datetime) -> tuple[str, ...]:
        """The secrets that sign at this moment, the newest first."""
        if self.old_secret and self.old_secret_until and now < self.old_secret_until:
            return (self.secret, self.old_secret)
        return (self.secret,)

    def wants(self, type: str) -> bool:
        """Whether the endpoint is called for this type."""
        return self.off_since is None and (not self.events or type in self.events)


def _value(row: Any) -> Webhook:
    return Webhook(
        row.owner,
        row.url,
        tuple(row.events),
        row.secret,
        row.old_secret,
        row.old_secret_until,
        row.off_since,
        row.off_because,
    )


def of(session: Session, owner: int, *, hold: bool = False) -> Webhook | None:
    """The endpoint of this owner (0: the operator), held for this transaction where it is changed."""
    asked = select(WebhookRow.__table__).where(WebhookRow.owner == owner)
    row = session.execute(asked.with_for_update() if hold else asked).one_or_none()
    return _value(row) if row else None


def for_shipper(session: Session, shipper_id: int) -> Webhook | None:
    """Whom to call about a shipper's shipments: its own endpoint, else the operator's."""
    return of(session, shipper_id) or of(session, 0)


def put(session: Session, webhook: Webhook) -> None:
    """Keep an endpoint, switched on."""
    session.execute(delete(WebhookRow).where(WebhookRow.owner == webhook.owner))
    session.execute(
        insert(WebhookRow).values(
            owner=webhook.owner,
            shipper_id=webhook.owner or None,
            url=webhook.url,
            events=list(webhook.events),
            secret=webhook.secret,
            old_secret=webhook.old_secret,
            old_secret_until=webhook.old_secret_until,
            off_because="",
        )
    )


def update(session: Session, webhook: Webhook) -> None:
    """Put other values in place of an endpoint's."""
    names = ("url", "old_secret", "secret", "old_secret_until", "off_since", "off_because")
    values: dict[str, Any] = {name: getattr(webhook, name) for name in names}
    mine = sql_update(WebhookRow).where(WebhookRow.owner == webhook.owner)
    session.execute(mine.values(values | {"events": list(webhook.events)}))


def switch_off(session: Session, owner: int, because: str, now: datetime) -> None:
    """The endpoint is not called any more until it is put again."""
    session.execute(
        sql_update(WebhookRow)
        .where(WebhookRow.owner == owner)
        .values(off_since=now, off_because=because[:200])
    )
