FROM alpine
ENV FOO='a\bc'
ENV A=${FOO#${NONE:-'a\b'}}
