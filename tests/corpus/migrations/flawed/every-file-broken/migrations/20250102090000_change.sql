slect 1;
