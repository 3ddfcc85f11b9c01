FROM alpine
RUN --device=vendor.com/class=one nvidia-smi
RUN --device=name=vendor.com/class=two,required true
