"""The law room: dated law packs, three-valued classification, duties. Pure: all text is passed in."""
