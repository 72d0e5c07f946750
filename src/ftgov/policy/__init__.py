"""Release policies: read and checked as data, evaluated as CEL in a worker process of its own."""
