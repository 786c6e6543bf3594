ALTER TABLE public.orders
  ALTER COLUMN amount TYPE numeric(12, 2),
  ADD COLUMN currency char(3) NOT NULL,
  ADD CONSTRAINT amount_positive CHECK (amount > 0),
  DROP COLUMN note;
CREATE INDEX orders_currency ON public.orders (currency);
