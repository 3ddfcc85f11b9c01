FROM alpine
RUN <<-SCRIPT
	#!/bin/sh
	echo x
SCRIPT
