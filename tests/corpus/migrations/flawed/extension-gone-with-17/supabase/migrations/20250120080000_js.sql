create extension if not exists plv8;
