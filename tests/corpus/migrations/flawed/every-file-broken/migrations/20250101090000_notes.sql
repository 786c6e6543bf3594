create tabel a (id int);
