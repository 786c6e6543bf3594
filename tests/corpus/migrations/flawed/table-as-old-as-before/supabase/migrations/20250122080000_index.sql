create index papers_by_author on attic.papers (author);
drop index if exists attic.papers_by_title;
