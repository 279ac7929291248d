"""Papers on paper: PDF and Word, forms in an order of their own, answer sheets, a QR code."""
