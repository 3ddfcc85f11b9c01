FROM debian:12 AS fetch
ARG KUBECTL_VERSION=v1.31.0 HELM_VERSION=v3.16.1
ARG TARGETARCH
ADD --chmod=755 https://dl.example.com/release/${KUBECTL_VERSION}/bin/linux/${TARGETARCH}/kubectl /bin/kubectl
ADD https://get.example.com/helm-${HELM_VERSION}-linux-${TARGETARCH}.tar.gz /tmp/helm.tgz
RUN tar -C /bin --strip-components=1 -xzf /tmp/helm.tgz

FROM debian:12-slim
SHELL ["/bin/bash", "-euo", "pipefail", "-c"]
RUN apt-get update | tee /log
COPY --link --from=fetch /bin/kubectl /usr/local/bin/
COPY --link --from=fetch /bin/helm /usr/local/bin/
COPY --link --from=hashicorp/terraform:1.9 /bin/terraform /usr/local/bin/
COPY --link --chown=1000:1000 . /home/tools
USER 1000
WORKDIR /home/tools
CMD ["bash"]
