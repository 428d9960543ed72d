# The server, a worker and the command line, in one image: docs/operations.md.

FROM python:3.11-slim AS build
WORKDIR /build
COPY requirements/ requirements/
RUN python -m venv /opt/tools \
    && /opt/tools/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt \
    && /opt/tools/bin/uv pip install --quiet --python /opt/tools/bin/python --require-hashes -r requirements/build.txt
RUN python -m venv --without-pip /opt/ldfleet \
    && /opt/tools/bin/uv pip sync --quiet --python /opt/ldfleet/bin/python --require-hashes requirements/runtime.txt
COPY pyproject.toml README.md LICENSE ./
COPY src/ src/
COPY web/ web/
COPY openapi.json hatch_build.py ./
# The dashboard as it was built beside the sources; else it is built here, with Node from a package.
RUN /opt/tools/bin/python hatch_build.py \
    || /opt/tools/bin/uv pip install --quiet --python /opt/tools/bin/python --require-hashes -r requirements/node.txt
RUN PATH=/opt/tools/bin:$PATH /opt/tools/bin/hatchling build --target wheel --directory dist \
    && /opt/tools/bin/uv pip install --quiet --python /opt/ldfleet/bin/python --no-deps dist/ldfleet-*.whl \
    && /opt/ldfleet/bin/python -m compileall -q -j 0 /opt/ldfleet/lib

FROM python:3.11-slim
RUN groupadd --gid 10001 ldfleet \
    && useradd --uid 10001 --gid 10001 --create-home --home-dir /var/lib/ldfleet --shell /usr/sbin/nologin ldfleet
COPY --from=build /opt/ldfleet /opt/ldfleet
ENV PATH=/opt/ldfleet/bin:/usr/local/bin:/usr/bin:/bin
ENV LDFLEET_ENVIRONMENT=production
ENV LDFLEET_DATA_DIR=/var/lib/ldfleet
USER 10001:10001
WORKDIR /var/lib/ldfleet
VOLUME /var/lib/ldfleet
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8080/api/health?ready=1', timeout=4)"]
ENTRYPOINT ["ldfleet"]
CMD ["serve"]
