-- I1: the folded days are what the entries up to the court's mark sum to.
with leg as (
  select debit_account as account, effective_on, amount_fen as debit, 0 as credit
    from ledger_entry join ledger_fold_mark using (court_id) where court_id = :court and id <= through_id
  union all
  select credit_account, effective_on, 0, amount_fen
    from ledger_entry join ledger_fold_mark using (court_id) where court_id = :court and id <= through_id
), summed as (
  select a.fund_account_id, a.kind, case when a.kind in ('case', 'held') then 0 else a.id end as account_id,
         l.effective_on, sum(l.debit) as debit, sum(l.credit) as credit
    from leg l join ledger_account a on a.court_id = :court and a.id = l.account
   group by 1, 2, 3, 4
), folded as (
  select * from ledger_fold where court_id = :court
)
select concat_ws(':', coalesce(f.fund_account_id, s.fund_account_id), coalesce(f.kind, s.kind),
                 coalesce(f.account_id, s.account_id), coalesce(f.effective_on, s.effective_on)) as subject,
       concat(f.debit_fen, '/', f.credit_fen, ' <> ', s.debit, '/', s.credit) as found
  from folded f
  full join summed s on (s.fund_account_id, s.kind, s.account_id, s.effective_on)
                        = (f.fund_account_id, f.kind, f.account_id, f.effective_on)
 where (f.debit_fen, f.credit_fen) is distinct from (s.debit, s.credit)
 order by 1
