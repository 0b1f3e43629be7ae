# The kit in a container, for one learner or as the image of a JupyterHub:
#   docker build -t autograde .
#   docker run --rm -p 127.0.0.1:8888:8888 -v autograde:/home/jovyan autograde
# One port is enough: JupyterLab shows the Hub's pages too. Nothing runs as root. The user is called jovyan, as in every
# Jupyter image, because nbgrader then asks JupyterHub for the learner's name.
FROM python:3.11-slim

# The versions of the image's Debian; hadolint would have them pinned, and Debian removes old ones.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git git-lfs \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 jovyan

WORKDIR /opt/autograde
# torch by itself, before the rest: it changes seldom, and the build for CPUs is gigabytes smaller.
COPY constraints.txt ./
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
RUN pip install --no-cache-dir --no-deps --index-url "$TORCH_INDEX" "$(grep '^torch==' constraints.txt)" \
    || echo "torch comes from the usual index"
COPY . .
RUN pip install --no-cache-dir --constraint constraints.txt ".[course]" jupyterhub

# jovyan: Kubernetes can check only of a number that it is not root.
USER 1000
WORKDIR /home/jovyan
EXPOSE 8888
# Where a browser finds the Hub of a lesson. With another port than 8888 on the host, say it here.
ENV AUTOGRADE_PUBLIC_URL=http://127.0.0.1:8888/proxy/{port}
CMD ["sh", "-c", "autograde workspace lessons && exec jupyter lab --ip=0.0.0.0 --no-browser --ServerApp.default_url=/lab/tree/lessons/0-start-here.ipynb"]
