"""Records: people, their relations, schools, divisions and the calendar; sheets in and out."""
