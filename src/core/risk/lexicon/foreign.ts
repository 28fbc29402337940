/**
 * Verbs and cue words of other languages, as the English lemma they stand for.
 * Latin scripts are looked up word by word (diacritics folded, infinitive, imperative and third person);
 * Chinese, Japanese and Korean are found as substrings, longest first, because they are written without spaces.
 */
const latin: Readonly<Record<string, string>> = {
  get: 'obtener obtiene obten obter obtem obtenir obtient abrufen holen hole ottieni ottenere hamta hamtar getir al haal ophalen pobierz pobiera ambil dapatkan obtain recupera recuperar recuperer recupere recuperare poluchit poluchaet retorna devuelve retourne renvoie gibt liefert restituisce zwraca hent henter palauttaa dondurur mostrar muestra exibe afficher affiche zeige zeigt anzeigen mostra visualizza visa visar vis viser toon tonen pokaz leer lee lire lesen liest lees czytaj oku',
  list: 'listar lista listet auflisten lister listele listeler opsommen listen elenca elencare enumera vypsat spisok',
  search:
    'buscar busca busqueda rechercher recherche chercher suchen sucht suche cercare cerca ricerca sok soker ara arama zoeken zoek szukaj cari pesquisar procurar sogning hae etsi',
  create:
    'crear crea criar cria creer cree erstellen erstellt erstelle anlegen creare skapa skapar olustur olusturur maak aanmaken utworz tworzy buat membuat opret oppretter luo sozdat generar genera gerar generer generieren generiert generare',
  add: 'anadir agregar agrega adicionar adiciona ajouter ajoute hinzufugen aggiungi aggiungere lagg ekle ekler toevoegen dodaj tambah tambahkan tilfoj legg dobavit',
  update:
    'actualizar actualiza atualizar atualiza modificar modifica mettre modifier modifie aktualisieren aktualisiert andern andert bearbeiten aggiorna aggiornare uppdatera uppdaterar andra guncelle gunceller duzenle bijwerken wijzig aktualizuj perbarui ubah opdater oppdater editar edita cambiar cambia paivita obnovit',
  delete:
    'eliminar elimina borrar borra suprimir excluir exclui apagar deletar remover supprimer supprime effacer loschen loscht entfernen entfernt eliminare cancellare rimuovere rimuovi ta-bort radera raderar sil siler kaldir verwijderen verwijder usun hapus slet slett poista udalit vaciar vider leeren',
  send: 'enviar envia mandar envoyer envoie senden sendet schicken inviare invia skicka skickar gonder gonderir stuur verstuur wyslij kirim send-besked otpravit publicar publica publier veroffentlichen pubblicare',
  execute:
    'ejecutar ejecuta executar executa lancer executer execute ausfuhren ausfuhrt eseguire esegui kora calistir uitvoeren uitvoer wykonaj jalankan korer zapustit',
  start: 'iniciar inicia comenzar demarrer demarre starten startet avviare avvia starta baslat begin uruchom mulai',
  stop: 'detener detiene parar para arreter arrete stoppen stoppt beenden fermare ferma stoppa durdur zatrzymaj hentikan',
  cancel:
    'cancelar cancela annuler annule abbrechen stornieren annulla annullare avbryt iptal annuleren anuluj batalkan',
  pay: 'pagar paga cobrar payer paie bezahlen zahlen zahlt pagare betala ode betalen zaplac bayar',
  transfer: 'transferir transfiere transferer uberweisen uberweist trasferire overfora',
  calculate:
    'calcular calcula calculer calcule berechnen berechnet calcolare calcola berakna hesapla berekenen oblicz hitung',
  compare:
    'comparar compara comparer vergleichen vergleicht confronta confrontare jamfor jamfora karsilastir karsilastirir vergelijk porownaj bandingkan',
  analyze:
    'analizar analiza analisar analyser analysieren analysiert analizzare analysera analiz analyseren analizuj analisis',
  check:
    'verificar verifica comprobar comprueba verifier prufen pruft verificare kontrollera kontrol controleer sprawdz periksa validar valida valider',
  convert: 'convertir convierte converter umwandeln konvertieren convertire konvertera donustur omzetten konwertuj',
  download: 'descargar descarga baixar telecharger herunterladen scaricare ladda indir downloaden pobrac unduh',
  upload: 'subir sube cargar televerser hochladen caricare yukle uploaden przeslij unggah',
  save: 'guardar guarda salvar salva enregistrer speichern speichert salvare spara kaydet opslaan zapisz simpan',
  restore:
    'restaurar restaura restaurer wiederherstellen ripristina aterstall geri-yukle herstellen przywroc reactivar reactiva',
  fetch: 'extrae extrahiert extrahieren consultar consulta consulter abfragen interroga sorgula fraga',
};

const cjk: readonly (readonly [string, string])[] = [
  ['获取', 'get'],
  ['取得', 'get'],
  ['查询', 'query'],
  ['查看', 'view'],
  ['查找', 'find'],
  ['搜索', 'search'],
  ['检索', 'search'],
  ['寻找', 'find'],
  ['列出', 'list'],
  ['列表', 'list'],
  ['显示', 'show'],
  ['读取', 'read'],
  ['返回', 'return'],
  ['浏览', 'browse'],
  ['计算', 'calculate'],
  ['分析', 'analyze'],
  ['比较', 'compare'],
  ['评估', 'evaluate'],
  ['检查', 'check'],
  ['验证', 'validate'],
  ['转换', 'convert'],
  ['转为', 'convert'],
  ['解析', 'parse'],
  ['翻译', 'translate'],
  ['识别', 'detect'],
  ['推荐', 'recommend'],
  ['扫描', 'scan'],
  ['提取', 'extract'],
  ['优化', 'optimize'],
  ['规划', 'plan'],
  ['创建', 'create'],
  ['新建', 'create'],
  ['新增', 'add'],
  ['添加', 'add'],
  ['插入', 'insert'],
  ['生成', 'generate'],
  ['上传', 'upload'],
  ['保存', 'save'],
  ['写入', 'write'],
  ['提交', 'submit'],
  ['发布', 'publish'],
  ['更新', 'update'],
  ['修改', 'modify'],
  ['编辑', 'edit'],
  ['设置', 'set'],
  ['配置', 'configure'],
  ['重命名', 'rename'],
  ['移动', 'move'],
  ['替换', 'replace'],
  ['删除', 'delete'],
  ['移除', 'remove'],
  ['清空', 'clear'],
  ['清除', 'clear'],
  ['销毁', 'destroy'],
  ['卸载', 'uninstall'],
  ['回滚', 'rollback'],
  ['重置', 'reset'],
  ['发送', 'send'],
  ['回复', 'reply'],
  ['转发', 'forward'],
  ['通知', 'notify'],
  ['执行', 'execute'],
  ['运行', 'run'],
  ['调用', 'invoke'],
  ['触发', 'trigger'],
  ['启动', 'start'],
  ['停止', 'stop'],
  ['重启', 'restart'],
  ['取消', 'cancel'],
  ['暂停', 'pause'],
  ['恢复', 'restore'],
  ['部署', 'deploy'],
  ['构建', 'build'],
  ['安装', 'install'],
  ['支付', 'pay'],
  ['付款', 'pay'],
  ['退款', 'refund'],
  ['转账', 'transfer'],
  ['购买', 'buy'],
  ['续费', 'pay'],
  ['下单', 'order'],
  ['登录', 'login'],
  ['下载', 'download'],
  ['导出', 'export'],
  ['导入', 'import'],
  ['启用', 'enable'],
  ['禁用', 'disable'],
  ['管理', 'manage'],
  ['點擊', 'click'],
  ['点击', 'click'],
  ['取得します', 'get'],
  ['検索', 'search'],
  ['一覧', 'list'],
  ['表示', 'show'],
  ['作成', 'create'],
  ['追加', 'add'],
  ['更新', 'update'],
  ['変更', 'modify'],
  ['編集', 'edit'],
  ['削除', 'delete'],
  ['送信', 'send'],
  ['実行', 'execute'],
  ['開始', 'start'],
  ['停止', 'stop'],
  ['保存', 'save'],
  ['登録', 'register'],
  ['조회', 'get'],
  ['가져', 'get'],
  ['검색', 'search'],
  ['목록', 'list'],
  ['제공', 'provide'],
  ['반환', 'return'],
  ['찾아', 'find'],
  ['분석', 'analyze'],
  ['비교', 'compare'],
  ['생성', 'create'],
  ['추가', 'add'],
  ['수정', 'update'],
  ['변경', 'modify'],
  ['업데이트', 'update'],
  ['삭제', 'delete'],
  ['제거', 'remove'],
  ['전송', 'send'],
  ['보내', 'send'],
  ['실행', 'execute'],
  ['시작', 'start'],
  ['중지', 'stop'],
  ['취소', 'cancel'],
  ['결제', 'pay'],
  ['다운로드', 'download'],
  ['저장', 'save'],
  ['получ', 'get'],
  ['показ', 'show'],
  ['поиск', 'search'],
  ['найти', 'find'],
  ['список', 'list'],
  ['созда', 'create'],
  ['добав', 'add'],
  ['обнов', 'update'],
  ['измен', 'update'],
  ['удал', 'delete'],
  ['отправ', 'send'],
  ['выполн', 'execute'],
  ['запус', 'start'],
  ['останов', 'stop'],
  ['отмен', 'cancel'],
  ['оплат', 'pay'],
];

function buildLatin(): ReadonlyMap<string, string> {
  const words = new Map<string, string>();
  for (const [lemma, forms] of Object.entries(latin)) for (const form of forms.split(' ')) words.set(form, lemma);
  return words;
}

const latinForms = buildLatin();

/** The English lemma of a foreign word in Latin script, given in lower case without diacritics. */
export function latinLemma(word: string): string | undefined {
  return latinForms.get(word);
}

/**
 * The English lemmas found in a run of text without spaces, in order of appearance, at most `limit`.
 * Japanese and Korean put the verb last, Chinese first; the caller decides which counts.
 */
export function scriptLemmas(
  run: string,
  limit = 4,
): readonly { readonly lemma: string; readonly at: number; readonly length: number }[] {
  const found: { lemma: string; at: number; length: number }[] = [];
  for (const [part, lemma] of cjk) {
    const at = run.indexOf(part);
    if (at >= 0) found.push({ lemma, at, length: part.length });
  }
  return found.sort((a, b) => a.at - b.at).slice(0, limit);
}
