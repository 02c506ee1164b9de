"""What a question has, and where an editor writes it."""

ELSEWHERE = {
    "key": "chosen when the question is added; conditions and dossiers name it by its key",
    "choices": "the name of a list, which `options` writes line by line",
    "fields": "rows below the page of the question, each with a page of its own",
    "only": "of a pack's text: a draft has the parts themselves",
}
"""Attributes of a question without a control on its page, and why."""
NAMED = {
    "compute": "compute_of",
    "without_gap": "gap_from",
    "routing": "routing_level",
    "messages": "message_invalid_vi",
    "required_if": "required_if-0-field",
    "visible_if": "visible_if-0-field",
    "prefill_if": "prefill_if-0-field",
}
"""A control of each attribute that has none of its own name."""
