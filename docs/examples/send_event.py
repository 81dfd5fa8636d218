import json
import os
from datetime import datetime, timezone

import boto3


def send_event(sqs, queue_url, leak):
    """Puts one breach event on the breach queue. Returns the id of the SQS message."""
    event = {
        "specversion": "1.0",
        "type": "breach-reset.credential-compromise.v1",
        "source": "urn:example:stealer-log-feed",
        # The id of your own record: never an e-mail address, nor anything made of one.
        "id": leak["id"],
        # When you detected it. Not the moment of sending: a re-send must say the same.
        "time": timestamp(leak["detected_at"]),
        "data": {
            "reason": "infostealer",
            # The latest moment the passwords can have been taken. Too early leaves stolen ones alive.
            "exposed_at": timestamp(leak["captured_at"]),
            "members": [{"email_address": email} for email in leak["emails"]],
        },
    }
    # NaN, which pandas has for an empty cell, is no JSON.
    return sqs.send_message(QueueUrl=queue_url, MessageBody=json.dumps(event, allow_nan=False))["MessageId"]


def timestamp(moment):
    if moment.utcoffset() is None:
        raise ValueError("a moment has no time zone: Python would take it for local time")
    return moment.astimezone(timezone.utc).isoformat()


leak = {
    "id": "harvest-41234", "emails": ["ada@customer.example"],
    "detected_at": datetime(2026, 11, 20, 10, 0, tzinfo=timezone.utc),
    "captured_at": datetime(2026, 11, 18, 22, 10, tzinfo=timezone.utc),
}
print(send_event(boto3.client("sqs"), os.environ["BREACH_QUEUE_URL"], leak))
