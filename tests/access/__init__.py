"""Who gets where: 16 personas × every route × every method × the objects a route names, against a reviewed table."""
