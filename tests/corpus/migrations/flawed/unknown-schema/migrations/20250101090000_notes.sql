create table internal.jobs (id bigint primary key);
