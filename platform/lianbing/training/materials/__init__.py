"""Study material: texts, pictures, PDF files and links, tied to assessment points."""
