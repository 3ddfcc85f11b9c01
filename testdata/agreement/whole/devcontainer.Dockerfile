FROM mcr.microsoft.com/devcontainers/base:bookworm
ARG USERNAME=vscode
ARG USER_UID=1000
ARG USER_GID=$USER_UID
RUN groupmod --gid $USER_GID $USERNAME \
    && usermod --uid $USER_UID --gid $USER_GID $USERNAME \
    && chown -R $USER_UID:$USER_GID /home/$USERNAME
COPY .devcontainer/*.sh /usr/local/share/
ENV LANG=C.UTF-8 \
    PROMPT_COMMAND='history -a; echo "${PWD}"' \
    HISTFILE=/commandhistory/.bash_history
USER $USERNAME
WORKDIR /workspaces
ONBUILD USER root
ONBUILD RUN apt-get update
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
HEALTHCHECK NONE
