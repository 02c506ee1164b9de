"""Payment gateways (cổng thanh toán): one module each, chosen by settings.PAYMENT_GATEWAYS."""
