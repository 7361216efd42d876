"""The API objects the program knows, each with the fields it declares and no others."""
