# ldfleet:plan v1
# What prepare and undo share: every change is listed, then asked for, then made, and told in a log.
$ErrorActionPreference='Stop'; $ProgressPreference='SilentlyContinue'
$utf8=New-Object Text.UTF8Encoding $false
$fleet='C:\ProgramData\LDFleet'
$kept='C:\ProgramData\LDFleet-prepared'
$record="$kept\prepared.json"
$admins='S-1-5-32-544'
$winlogon='HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon'
$policies='HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System'
$openssh='HKLM:\SOFTWARE\OpenSSH'
$logging=$false

function Say([string]$line) {
  Write-Host $line
  if ($logging) { [IO.File]::AppendAllText("$kept\prepare.log","$([DateTime]::UtcNow.ToString('o')) $line`r`n",$utf8) }
}

function Ask([string]$question) {
  if ($Yes) { return $true }
  (Read-Host "$question [y/N]") -match '^[Yy]'
}

# A folder with these rights and no others. ProgramData lets everyone make folders: what others put there is refused.
function Guard([string]$folder,[string]$others) {
  $found=Get-Item -LiteralPath $folder -Force -ErrorAction SilentlyContinue
  if ($found) {
    $owner=(Get-Acl -LiteralPath $folder).GetOwner([Security.Principal.SecurityIdentifier]).Value
    if (($found.Attributes -band [IO.FileAttributes]::ReparsePoint) -or $owner -notin $admins,'S-1-5-18') { throw "$folder was made by $owner, or leads elsewhere: look at it, then remove it" }
  } else { [void][IO.Directory]::CreateDirectory($folder) }
  Set-Acl -LiteralPath $folder -AclObject (Acl $others)
}

function Acl([string]$others) {
  $acl=New-Object Security.AccessControl.DirectorySecurity
  $acl.SetSecurityDescriptorSddlForm("O:BAG:BAD:P(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)$others")
  $acl
}

function Shape($acl) {
  $sids=[Security.Principal.SecurityIdentifier]
  $rules=@($acl.GetAccessRules($true,$true,$sids) | ForEach-Object { '{0}={1:x}/{2}/{3}' -f $_.IdentityReference.Value,[int]$_.FileSystemRights,$_.InheritanceFlags,$_.AccessControlType } | Sort-Object)
  "$($acl.GetOwner($sids).Value) $($acl.AreAccessRulesProtected) $($rules -join ' ')"
}

function Guarded([string]$folder,[string]$others) {
  [IO.Directory]::Exists($folder) -and (Shape (Get-Acl -LiteralPath $folder)) -eq (Shape (Acl $others))
}

# The record is read by an administrator and obeyed: nobody else may have written it.
function Records {
  if (-not [IO.File]::Exists($record)) { return }
  if (-not (Guarded $kept '')) { throw "$kept can be written by others than administrators: its record is not to be trusted" }
  foreach ($each in @(([IO.File]::ReadAllText($record) | ConvertFrom-Json).records)) { $each }
}

function Save($records) {
  [IO.File]::WriteAllText("$record.tmp",(ConvertTo-Json @{records=@($records)} -Depth 6),$utf8)
  if ([IO.File]::Exists($record)) { [IO.File]::Replace("$record.tmp",$record,[NullString]::Value) } else { [IO.File]::Move("$record.tmp",$record) }
}

function SidOf([string]$account) {
  if ($account -match '^S-1-') { return $account }
  $full=$account -replace '^\.\\',"$env:COMPUTERNAME\"
  (New-Object Security.Principal.NTAccount $full).Translate([Security.Principal.SecurityIdentifier]).Value
}

function Value([string]$key,[string]$name) {
  (Get-ItemProperty -LiteralPath $key -Name $name -ErrorAction SilentlyContinue).$name
}

function PutValue([string]$key,[string]$name,$value,[string]$type) {
  if (-not (Test-Path -LiteralPath $key)) { [void](New-Item -Path $key -Force) }
  [void](New-ItemProperty -LiteralPath $key -Name $name -Value $value -PropertyType $type -Force)
}

function RestoreValue([string]$key,[string]$name,$value,[string]$type) {
  if ($null -eq $value) { Remove-ItemProperty -LiteralPath $key -Name $name -ErrorAction SilentlyContinue } else { PutValue $key $name $value $type }
}

function ServiceBefore([string]$name) {
  $found=Get-CimInstance Win32_Service -Filter "Name='$name'"
  @{start=[string]$found.StartMode;running=($found.State -eq 'Running')}
}

function RestoreService([string]$name,$before) {
  if (-not (Get-Service $name -ErrorAction SilentlyContinue)) { return }
  $type=@{Auto='Automatic';Manual='Manual';Disabled='Disabled'}[[string]$before.start]
  if ($type) { Set-Service $name -StartupType $type }
  if (-not $before.running) { Stop-Service $name -Force }
}

function Serves([string]$name) {
  $found=ServiceBefore $name
  $found.running -and $found.start -eq 'Auto'
}

function HttpsListener {
  Get-ChildItem WSMan:\localhost\Listener | Where-Object { $_.Keys -contains 'Transport=HTTPS' } | Select-Object -First 1
}

function ListenerThumbprint {
  $listener=HttpsListener
  if ($listener) { ((Get-ChildItem $listener.PSPath | Where-Object { $_.Name -eq 'CertificateThumbprint' }).Value -replace '\s','').ToUpperInvariant() }
}

function Certificate([string]$thumbprint) {
  if ($thumbprint) { Get-ChildItem Cert:\LocalMachine\My | Where-Object { $_.Thumbprint -eq $thumbprint -and $_.HasPrivateKey -and $_.NotAfter -gt (Get-Date).AddDays(7) } }
}

function Sha256($certificate) {
  ([Security.Cryptography.SHA256]::Create().ComputeHash($certificate.RawData) | ForEach-Object { $_.ToString('x2') }) -join ''
}

function SetListener([string]$thumbprint) {
  $old=HttpsListener
  if ($old) { Remove-Item $old.PSPath -Recurse -Force }
  if ($thumbprint) { [void](New-WSManInstance -ResourceURI winrm/config/Listener -SelectorSet @{Address='*';Transport='HTTPS'} -ValueSet @{CertificateThumbprint=$thumbprint}) }
}

# Whether the account is in the group; both by SID, for their names are translated in other Windows.
function Member([string]$group,[string]$sid) {
  $name=(New-Object Security.Principal.SecurityIdentifier $group).Translate([Security.Principal.NTAccount]).Value.Split('\')[-1]
  foreach ($member in @(([ADSI]"WinNT://./$name,group").psbase.Invoke('Members'))) {
    $bytes=$member.GetType().InvokeMember('objectSid','GetProperty',$null,$member,$null)
    if ((New-Object Security.Principal.SecurityIdentifier $bytes,0).Value -eq $sid) { return $true }
  }
  $false
}

# Who may use WMI's root/cimv2 over the network (1 enable, 32 remote), and WinRM's raw shell (read and execute).
$wmiRights=33
$shellRights=-1610612736

function WmiRights {
  $answer=@($null)
  [void](Get-WmiObject -Namespace root/cimv2 -Class __SystemSecurity).PsBase.InvokeMethod('GetSD',$answer)
  New-Object Security.AccessControl.CommonSecurityDescriptor $true,$false,([byte[]]$answer[0]),0
}

function SetWmiRights($descriptor) {
  $bytes=New-Object byte[] $descriptor.BinaryLength
  $descriptor.GetBinaryForm($bytes,0)
  [void](Get-WmiObject -Namespace root/cimv2 -Class __SystemSecurity).PsBase.InvokeMethod('SetSD',@(,$bytes))
}

function ShellRights {
  New-Object Security.AccessControl.CommonSecurityDescriptor $false,$false,(Get-Item WSMan:\localhost\Service\RootSDDL).Value
}

function SetShellRights($descriptor) {
  Set-Item WSMan:\localhost\Service\RootSDDL -Value $descriptor.GetSddlForm([Security.AccessControl.AccessControlSections]::All) -Force
}

function Named($descriptor,[string]$sid) {
  [bool]($descriptor.DiscretionaryAcl | Where-Object { $_.SecurityIdentifier.Value -eq $sid })
}

# The task alone, and what it starts as; nothing of it holds a password.
function DesktopTask { Get-ScheduledTask -TaskPath '\LDFleet\' -TaskName Desktop -ErrorAction SilentlyContinue }

function OnlyFrom([string]$rule,[int]$port,$addresses) {
  $found=Get-NetFirewallRule -Name $rule -ErrorAction SilentlyContinue
  if (-not $found -or $found.Enabled -ne 'True' -or $found.Action -ne 'Allow') { return $false }
  if (($found | Get-NetFirewallPortFilter).LocalPort -ne "$port") { return $false }
  $open=@(($found | Get-NetFirewallAddressFilter).RemoteAddress | Sort-Object) -join ','
  $open -eq (@($addresses | Sort-Object) -join ',')
}

function OpenFor([string]$rule,[string]$title,[int]$port,$addresses) {
  Get-NetFirewallRule -Name $rule -ErrorAction SilentlyContinue | Remove-NetFirewallRule
  [void](New-NetFirewallRule -Name $rule -DisplayName $title -Direction Inbound -Protocol TCP -LocalPort $port -RemoteAddress $addresses -Action Allow -Profile Any)
}
