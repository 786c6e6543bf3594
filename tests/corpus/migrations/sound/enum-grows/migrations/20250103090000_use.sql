update public.days set mood = 'fine' where mood = 'bad';
