FROM maven:3-eclipse-temurin-21 AS build
WORKDIR /workspace
COPY pom.xml .
RUN --mount=type=cache,target=/root/.m2 mvn -B dependency:go-offline
COPY src src
RUN --mount=type=cache,target=/root/.m2 mvn -B -DskipTests package
RUN java -Djarmode=layertools -jar target/*.jar extract --destination layers

FROM eclipse-temurin:21-jre
ARG UID=10001
RUN useradd -u ${UID} -M spring
WORKDIR /opt/app
COPY --from=build --chown=spring /workspace/layers/dependencies/ ./
COPY --from=build --chown=spring /workspace/layers/spring-boot-loader/ ./
COPY --from=build --chown=spring /workspace/layers/application/ ./
USER ${UID}
ENV JAVA_OPTS="-XX:MaxRAMPercentage=75"
EXPOSE 8080
ENTRYPOINT exec java $JAVA_OPTS org.springframework.boot.loader.launch.JarLauncher
