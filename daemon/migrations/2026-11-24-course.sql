-- The course of one check is asked for by its id.
CREATE INDEX check_history_of ON check_history (check_id, at);
