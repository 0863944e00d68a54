-- I1: an entry's two legs are one positive amount between two accounts of one fund account.
select e.id as subject,
       concat_ws(' ', e.amount_fen, e.debit_account, e.credit_account, d.fund_account_id, c.fund_account_id) as found
  from ledger_entry e
  left join ledger_account d on d.court_id = e.court_id and d.id = e.debit_account
  left join ledger_account c on c.court_id = e.court_id and c.id = e.credit_account
 where e.court_id = :court
   and not coalesce(e.amount_fen > 0 and e.debit_account <> e.credit_account
                    and d.fund_account_id = e.fund_account_id and c.fund_account_id = e.fund_account_id, false)
 order by e.id
