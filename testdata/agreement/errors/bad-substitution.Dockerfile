FROM alpine
ENV A=${V//}
