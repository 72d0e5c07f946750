"""The law room: dated packs, three-valued classification, duties. Pure: text is passed in."""
