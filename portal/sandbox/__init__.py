"""The outside world, played by separate programs that speak to the portal over HTTP only (môi trường thử nghiệm).

`python -m portal.sandbox vneid|province|gateway|ministry|power` starts one of them on 127.0.0.1:

| program  | port             | plays                                                                          |
|----------|------------------|--------------------------------------------------------------------------------|
| vneid    | SANDBOX_PORT     | the identity provider VNeID: OpenID Connect, eight invented citizens, one firm |
| province | SANDBOX_PORT + 1 | Đà Nẵng's one-stop system: signed webhooks in, REST status events out          |
| gateway  | SANDBOX_PORT + 2 | VNPAY 2.1.0 and the national payment platform                                  |
| ministry | SANDBOX_PORT + 3 | the police ministry's case system: signed webhooks in, DVCQG wire format out   |
| power    | SANDBOX_PORT + 4 | the power company's system: signed webhooks in, tells nothing unless it is asked |

Each keeps a SQLite file, fetched papers and its generated keys under $PORTAL_VAR/sandbox/, answers GET /healthz, and
takes POST /_sandbox/mode {"mode": "ok"|"slow"|"down"} so that tests can break the outside world. The three case systems
also take POST /_sandbox/handling {"handling": "auto"|"manual"}, tell how they stand at GET /_sandbox/standing, and go
wrong on purpose by POST /_sandbox/chaos {"faults": [...]} (casework/chaos.py; the portal's manage.py chaos_partner does
that and compares afterwards). Nothing here imports an app of the portal and nothing in the portal imports this package:
what works against it works against the real thing by configuration.

Environment. Those without a default are required; a program that misses one says which and does not start.

| variable                                                 | default                             | read by            |
|----------------------------------------------------------|-------------------------------------|--------------------|
| SANDBOX_PORT, PORTAL_PORT, PORTAL_VAR                    | 8001, 8000, var                     | all                |
| PORTAL_URL                                               | http://127.0.0.1:$PORTAL_PORT       | all                |
| SANDBOX_SLOW_SECONDS: delay of each answer in mode slow  | 8                                   | all                |
| SANDBOX_RETRY_SECONDS: wait before a resend, doubling    | 2                                   | all but vneid      |
| VNEID_CLIENT_ID                                          | portal                              | vneid              |
| VNEID_CLIENT_SECRET                                      | required                            | vneid              |
| VNEID_REDIRECT_URIS: space-separated                     | the portal's two callback addresses | vneid              |
| SANDBOX_HANDLING: auto or manual, at the very first start | auto                                | the case systems   |
| SANDBOX_DELAY_SECONDS: pause between automatic steps     | 3                                   | the case systems   |
| SANDBOX_PROVINCE_CLIENT_ID                               | province                            | province           |
| SANDBOX_PROVINCE_CLIENT_SECRET, _WEBHOOK_SECRET          | required                            | province           |
| SANDBOX_MINISTRY_USERNAME, _MADONVI                      | ministry, G01                       | ministry           |
| SANDBOX_MINISTRY_PASSWORD, _WEBHOOK_SECRET               | required                            | ministry           |
| SANDBOX_POWER_CLIENT_ID                                  | power                               | power              |
| SANDBOX_POWER_CLIENT_SECRET, _PULL_SECRET, _WEBHOOK_SECRET | required                          | power              |
| VNPAY_TMN_CODE                                           | SANDBOX1                            | gateway            |
| VNPAY_HASH_SECRET                                        | required                            | gateway            |
| VNPAY_IPN_URL                                            | $PORTAL_URL/thanh-toan/vnpay/ipn/   | gateway            |
| NPP_PARTNER_CODE                                         | PORTAL01                            | gateway            |
| NPP_SECRET                                               | required                            | gateway            |
| NPP_IPN_URL                                              | $PORTAL_URL/thanh-toan/npp/ipn/     | gateway            |
| NPP_RETURN_URL: where the payer's browser goes afterwards | $PORTAL_URL/thanh-toan/npp/tra-ve/  | gateway            |

Webhook secrets are base64 text (with or without the prefix whsec_), as the Standard Webhooks library wants them.
The personal numbers, names and telephone numbers in vneid/people.json are invented; the passcodes there open nothing
but this sandbox.
"""
