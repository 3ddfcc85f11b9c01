FROM alpine
ADD git://example.com/repo.git#branch /src
