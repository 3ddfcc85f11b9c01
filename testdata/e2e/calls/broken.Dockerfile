FROM scratch AS second
COPPY a b
