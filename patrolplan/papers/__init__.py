"""What leaves the planner's desk to be read: the report and the papers, as facts in words ready to be laid out."""
