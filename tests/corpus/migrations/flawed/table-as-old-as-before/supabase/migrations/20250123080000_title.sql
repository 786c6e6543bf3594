create index papers_by_title on attic.papers (title);
