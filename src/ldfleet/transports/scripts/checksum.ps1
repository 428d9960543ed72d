# ldfleet:checksum v1
$ErrorActionPreference='Stop'; $ProgressPreference='SilentlyContinue'
try {
  $u=[Text.Encoding]::UTF8
  $q=$u.GetString([Convert]::FromBase64String((-join @($input)).Trim())) | ConvertFrom-Json
  $r=[ordered]@{path=$q.path;exists=[IO.File]::Exists($q.path);size=0;sha256=$null}
  if ($r.exists) {
    # As Get-FileHash does, but also while another program has the file open.
    $s=New-Object IO.FileStream $q.path,'Open','Read','ReadWrite,Delete',1048576
    $h=[Security.Cryptography.SHA256]::Create()
    try { $r.sha256=([BitConverter]::ToString($h.ComputeHash($s)) -replace '-','').ToLowerInvariant(); $r.size=$s.Length }
    finally { $s.Dispose(); $h.Dispose() }
  }
  [Console]::Out.Write([Convert]::ToBase64String($u.GetBytes((ConvertTo-Json $r -Compress))))
} catch {
  $x=$_.Exception.GetBaseException()
  [Console]::Error.Write('{0} (0x{1:X8})' -f $x.Message,$x.HResult); exit 1
}
