// A helper's camera opened the address of the QR: the code behind the # goes into its field, and out of the address.

{
  const code = /^#([0-9]{8})$/.exec(location.hash);
  const field = document.getElementById("id_code");
  if (code && field && !field.value) {
    field.value = code[1];
    history.replaceState(null, "", location.pathname + location.search);
    field.focus();
  }
}
