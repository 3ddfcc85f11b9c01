FROM triggers:1
CMD ["a"]
