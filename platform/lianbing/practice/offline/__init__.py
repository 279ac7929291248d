"""Practice without a network (离线练习): a pack on the phone, answers kept there, merged later."""
