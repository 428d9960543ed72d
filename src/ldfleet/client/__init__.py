"""The typed Python client of the HTTP API.

    from ldfleet.client import emulators
    from ldfleet.client.client import Client

    with Client("http://127.0.0.1:8080", token) as client:
        for emulator in client.iterate(emulators.page()):
            operation = client.send(emulators.launch(emulator.id))
            client.wait(operation.id)

What can be asked are values, built by the modules `workstations`, `emulators`, `operations` and
`server`; `Client` and `AsyncClient` send them. Failures are the errors of `ldfleet.errors`.
"""
