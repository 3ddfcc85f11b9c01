# T a	description	with tabs
ARG T="a	b"
# s stage	descr
FROM alpine AS s
# U ü
ARG U="xä" T
# V multi
ARG V="xyz" W
FROM s
ARG A
ARG B=2
